-- Puts a job back where the next fetch takes it first: the worker stops, the attempt does not count.
-- KEYS[1]  {q}:processing:{worker}  LIST  what the caller holds
-- KEYS[2]  {q}:workers              ZSET  worker -> last heartbeat, ms
-- KEYS[3]  {q}:suspects             HASH  SHA-1 of an envelope -> how often recovery moved it
-- KEYS[4]  q                        LIST  ready envelopes
-- ARGV[1]  worker
-- ARGV[2]  envelope, byte for byte as fetched
-- Returns  1 moved | 2 was so before | 0 fenced, nothing was written
-- include gone.lua
-- include wrong_type.lua
local processing, workers, suspects, ready = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local worker, envelope = ARGV[1], ARGV[2]

local wrong = wrong_type(ready, 'list')
if wrong then
  return wrong
end
if redis.call('LREM', processing, 1, envelope) == 0 then
  return gone(workers, worker)
end

redis.call('RPUSH', ready, envelope)
redis.pcall('HDEL', suspects, redis.sha1hex(envelope))
return 1
