local META, USERS, TOKENS, FREE, LINE, LOANS, SEEN, WAITING = unpack(KEYS)
local RUN = ARGV[1]
-- A pool of which nobody knows whether its data is whole takes nothing: it was opened on another run of the server.
local function is_sure(run) return run == RUN end
local function lives(key)
  local dies = redis.call('HGET', META, 'dies')
  if dies then redis.call('PEXPIREAT', key, dies) end
end
local function add(field, n) return redis.call('HINCRBY', META, field, n) end
