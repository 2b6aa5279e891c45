-- ARGV: run, nonce, lifetime in ms, fields. What was built becomes a pool, from one moment to the next.
if redis.call('HGET', META, 'building') ~= ARGV[2] then return 0 end
local seq = redis.call('HGET', META, 'seq')
redis.call('HDEL', META, 'building')
local time = redis.call('TIME')
local dies = string.format('%d', time[1] * 1000 + ARGV[3])
redis.call('HSET', META, 'run', RUN, 'base', seq, 'acked', seq, 'dies', dies, 'shut', 0, 'rev', 0)
redis.call('HSET', META, 'received', 0, 'lent', 0, 'moving', 0, 'loan', 0, unpack(ARGV, 4))
for _, key in ipairs({META, USERS, TOKENS, FREE}) do redis.call('PEXPIREAT', key, dies) end
return 1
