-- ARGV: run, epoch, name of the loan, kind, how many, then amounts.
local m = redis.call('HMGET', META, 'run', 'epoch', 'kind')
if not is_sure(m[1]) or m[2] ~= ARGV[2] or m[3] ~= ARGV[4] then return 0 end
if redis.call('SADD', SEEN, ARGV[3]) == 0 then return 1 end
lives(SEEN)
for i = 6, #ARGV do redis.call('RPUSH', FREE, ARGV[i]) end
if #ARGV > 5 then lives(FREE) end
add('left', ARGV[5]) add('received', ARGV[5]) add('rev', 1)
return 1
