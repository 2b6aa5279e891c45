-- ARGV: run, pool, what to do with it besides: nothing, 'close' or 'forget'.
if redis.call('HEXISTS', META, 'epoch') == 0 then return {} end
if ARGV[3] == 'close' then
  redis.call('HSET', META, 'shut', 1)
  add('rev', 1)
end
local m = redis.call('HMGET', META, 'epoch', 'limit', 'returns', 'opens', 'closes', 'opened', 'left', 'taken', 'given_back', 'received', 'lent', 'seq', 'acked', 'shut', 'run', 'moving', 'rev')
m[15] = is_sure(m[15]) and '1' or '0'
if ARGV[3] == 'forget' then
  redis.call('DEL', META, USERS, TOKENS, FREE, LINE, LOANS, SEEN)
  redis.call('SREM', WAITING, ARGV[2])
end
return m
