-- ARGV: run, epoch, user, token, qty, now, pool. Is it live? known? limit? stock? Then take and record, in one step.
local epoch, user, token, qty, now = ARGV[2], ARGV[3], ARGV[4], tonumber(ARGV[5]), tonumber(ARGV[6])
local m = redis.call('HMGET', META, 'run', 'epoch', 'shut', 'opens', 'closes', 'limit', 'returns', 'left', 'kind', 'seq', 'acked', 'taken', 'rev', 'base', 'dies')
if not is_sure(m[1]) or m[2] ~= epoch then return {'closed'} end
local amounts = m[9] == 'amounts'
if amounts and qty ~= 1 then return {'invalid'} end
local name = user .. ':' .. token
local old = redis.call('HGET', TOKENS, name)
if old then return {'duplicate', old} end
if m[3] == '1' or now < tonumber(m[4]) or now >= tonumber(m[5]) then return {'not_open'} end
local purse = redis.call('HMGET', USERS, user, user .. ':returned')
if tonumber(purse[1] or 0) + qty > tonumber(m[6]) or tonumber(purse[2] or 0) >= tonumber(m[7]) then return {'limited'} end
local left, seq = tonumber(m[8]), tonumber(m[10]) + 1
if left < qty then return {'sold_out'} end
local amount = ''
if amounts then amount = redis.call('LPOP', FREE) end
local record = table.concat({seq, user, token, ARGV[5], amount, ARGV[6], '0'}, '|')
redis.call('HSET', META, 'left', left - qty, 'seq', seq, 'taken', tonumber(m[12]) + qty, 'rev', tonumber(m[13]) + 1)
redis.call('HINCRBY', USERS, user, qty)
redis.call('HSET', TOKENS, name, record)
redis.call('XADD', LINE, seq .. '-0', 'c', name)
if seq - 1 == tonumber(m[11]) then redis.call('SADD', WAITING, ARGV[7]) end
if seq - 1 == tonumber(m[14]) then
  for _, key in ipairs({USERS, TOKENS, LINE}) do redis.call('PEXPIREAT', key, m[15]) end
end
return {'taken', record}
