-- Part of other scripts: an error to return when a dead letter could not be kept.
-- include wrong_type.lua
local function wrong_dead(keys)
  return wrong_type(keys.index, 'zset', keys.entries, 'hash', keys.bytes, 'number', keys.sequence, 'number')
end

-- Part of other scripts: keeps one dead letter; while the place is over its caps, the oldest go, never the newest.
-- info is one line of JSON without a line feed; keys: index ZSET, entries HASH, bytes STRING, sequence STRING, stats HASH.
local function push_dead(keys, info, envelope, now, max_entries, max_bytes)
  local number = redis.call('INCR', keys.sequence)
  local bytes = redis.call('INCRBY', keys.bytes, #info + 1 + #envelope)
  redis.call('ZADD', keys.index, now, number)
  redis.call('HSET', keys.entries, number, info .. '\n' .. envelope)
  local count = redis.call('ZCARD', keys.index)
  while count > 1 and (count > max_entries or bytes > max_bytes) do
    local oldest = redis.call('ZRANGE', keys.index, 0, 0)[1]
    bytes = redis.call('DECRBY', keys.bytes, redis.call('HSTRLEN', keys.entries, oldest))
    redis.call('HDEL', keys.entries, oldest)
    redis.call('ZREM', keys.index, oldest)
    redis.pcall('HINCRBY', keys.stats, 'dead:dropped', 1)
    count = count - 1
  end
end
