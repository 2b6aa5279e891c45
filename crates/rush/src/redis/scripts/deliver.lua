-- ARGV: run, max, pool. Works on doubtful data too: before a pool is counted anew, what is left of its line is read.
local epoch = redis.call('HGET', META, 'epoch')
local line = redis.call('XRANGE', LINE, '-', '+', 'COUNT', ARGV[2])
if not epoch or #line == 0 then
  -- Its time is over, or all is acknowledged: nobody need look here again.
  redis.call('SREM', WAITING, ARGV[3])
  return {}
end
local found = {epoch}
for _, entry in ipairs(line) do
  found[#found + 1] = redis.call('HGET', TOKENS, entry[2][2])
end
return found
