-- ARGV: run, nonce, what, items. A part of what a pool is opened with; 0 when somebody else began to build it since.
if redis.call('HGET', META, 'building') ~= ARGV[2] then return 0 end
if ARGV[3] == 'free' then
  for i = 4, #ARGV do redis.call('RPUSH', FREE, ARGV[i]) end
  redis.call('PEXPIRE', FREE, 60000)
  return 1
end
for i = 4, #ARGV do
  local user, token, qty, back = string.match(ARGV[i], '^([^|]*)|([^|]*)|(%d+)|[^|]*|[^|]*|(%d)$')
  redis.call('HSET', TOKENS, user .. ':' .. token, add('seq', 1) .. '|' .. ARGV[i])
  if back == '1' then
    redis.call('HINCRBY', USERS, user .. ':returned', 1)
  else
    redis.call('HINCRBY', USERS, user, qty)
  end
end
redis.call('PEXPIRE', TOKENS, 60000)
redis.call('PEXPIRE', USERS, 60000)
return 1
