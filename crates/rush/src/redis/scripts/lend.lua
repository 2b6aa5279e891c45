-- ARGV: run, to, max. What leaves is written down in the same step.
local m = redis.call('HMGET', META, 'run', 'epoch', 'shut', 'left', 'kind')
if not is_sure(m[1]) or m[3] == '1' then return false end
local n = math.min(tonumber(m[4]), tonumber(ARGV[3]))
if n == 0 then return false end
local units = tostring(n)
if m[5] == 'amounts' then units = table.concat(redis.call('LPOP', FREE, n), ',') end
local number = add('loan', 1)
local record = table.concat({m[2], number, ARGV[2], m[5], units}, '|')
redis.call('HSET', LOANS, number, record)
lives(LOANS)
add('left', -n) add('lent', n) add('moving', n) add('rev', 1)
return record
