-- ARGV: run, epoch, nonce, pool. Says whether a pool may be made here; if so, clears the place for it.
local m = redis.call('HMGET', META, 'run', 'epoch', 'shut')
if m[2] then
  local stands, wanted = tonumber(m[2]), tonumber(ARGV[2])
  if stands > wanted then return 'stale' end
  if stands == wanted then return is_sure(m[1]) and 'already' or 'doubtful' end
  if is_sure(m[1]) and m[3] ~= '1' then return 'still_open' end
end
redis.call('DEL', META, USERS, TOKENS, FREE, LINE, LOANS, SEEN)
redis.call('SREM', WAITING, ARGV[4])
redis.call('HSET', META, 'building', ARGV[3], 'seq', 0)
redis.call('PEXPIRE', META, 60000)
return 'build'
