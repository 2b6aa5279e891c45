-- ARGV: run, max. Works on doubtful data too: before a pool is counted anew, what is left of its line is read.
local epoch = redis.call('HGET', META, 'epoch')
if not epoch then return {} end
local found = {epoch}
for _, entry in ipairs(redis.call('XRANGE', LINE, '-', '+', 'COUNT', ARGV[2])) do
  found[#found + 1] = redis.call('HGET', TOKENS, entry[2][2])
end
return found
