-- Removes a count of deliveries whose job is nowhere, unless recovery has counted since.
-- KEYS[1]  {q}:suspects  HASH  SHA-1 of an envelope -> how often recovery moved it
-- ARGV[1]  the SHA-1
-- ARGV[2]  the count as it was
-- Returns  1 removed | 0 it has changed
local suspects = KEYS[1]
local hash, count = ARGV[1], ARGV[2]

if redis.call('HGET', suspects, hash) ~= count then
  return 0
end

redis.call('HDEL', suspects, hash)
return 1
