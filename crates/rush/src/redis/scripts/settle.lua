-- ARGV: run, epoch, number.
if redis.call('HGET', META, 'epoch') ~= ARGV[2] then return 0 end
local old = redis.call('HGET', LOANS, ARGV[3])
if not old then return 0 end
redis.call('HDEL', LOANS, ARGV[3])
local kind, units = string.match(old, '^[^|]*|[^|]*|[^|]*|([^|]*)|(.*)$')
local n = tonumber(units)
if kind == 'amounts' then n = select(2, string.gsub(units, ',', '')) + 1 end
add('moving', -n) add('rev', 1)
return 1
