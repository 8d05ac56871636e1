-- Gives a dead letter that is in no index a place there, as of now.
-- KEYS[1]  {q}:dead          ZSET  dead letter -> since, ms
-- KEYS[2]  {q}:dead:entries  HASH  dead letter -> info, line feed, envelope
-- ARGV[1]  the number
-- Returns  1 it has a place now | 0 it has one, or is gone
-- include now_ms.lua
local index, entries = KEYS[1], KEYS[2]
local number = ARGV[1]

if redis.call('HEXISTS', entries, number) == 0 or redis.call('ZSCORE', index, number) then
  return 0
end

redis.call('ZADD', index, now_ms(), number)
return 1
