-- ARGV: run, user, token. Works on doubtful data too: who counts anew does not count what came back.
local name = ARGV[2] .. ':' .. ARGV[3]
local old = redis.call('HGET', TOKENS, name)
if not old or redis.call('HEXISTS', META, 'epoch') == 0 then return 'unknown' end
local qty, amount, back = string.match(old, '^%d+|[^|]*|[^|]*|(%d+)|([^|]*)|[^|]*|(%d)$')
if back == '1' then return 'already' end
redis.call('HSET', TOKENS, name, string.sub(old, 1, -2) .. '1')
redis.call('HINCRBY', USERS, ARGV[2], -qty)
redis.call('HINCRBY', USERS, ARGV[2] .. ':returned', 1)
if amount ~= '' then
  redis.call('RPUSH', FREE, amount)
  lives(FREE)
end
add('left', qty) add('taken', -qty) add('given_back', qty) add('rev', 1)
return 'now'
