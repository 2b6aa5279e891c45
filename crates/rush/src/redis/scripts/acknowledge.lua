-- ARGV: run, epoch, upto, pool.
local m = redis.call('HMGET', META, 'epoch', 'seq', 'acked')
if m[1] ~= ARGV[2] then return 0 end
local upto = math.min(tonumber(ARGV[3]), tonumber(m[2]))
if upto <= tonumber(m[3]) then return 0 end
redis.call('HSET', META, 'acked', upto)
redis.call('XTRIM', LINE, 'MINID', (upto + 1) .. '-0')
if upto == tonumber(m[2]) then redis.call('SREM', WAITING, ARGV[4]) end
return 1
