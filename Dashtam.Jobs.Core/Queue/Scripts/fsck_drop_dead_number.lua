-- Removes a dead letter's number that has no entry.
-- KEYS[1]  {q}:dead          ZSET  dead letter -> since, ms
-- KEYS[2]  {q}:dead:entries  HASH  dead letter -> info, line feed, envelope
-- ARGV[1]  the number
-- Returns  1 removed | 0 it has an entry, or is gone
local index, entries = KEYS[1], KEYS[2]
local number = ARGV[1]

if redis.call('HEXISTS', entries, number) == 1 then
  return 0
end

return redis.call('ZREM', index, number)
