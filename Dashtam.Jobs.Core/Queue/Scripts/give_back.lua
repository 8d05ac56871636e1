-- Puts a job back where the next fetch takes it first: the worker stops, the attempt does not count.
-- KEYS[1]  {q}:processing:{worker}  LIST  what the caller holds
-- KEYS[2]  {q}:workers              ZSET  worker -> last heartbeat, ms
-- KEYS[3]  {q}:suspects             HASH  SHA-1 of an envelope -> how often recovery moved it
-- KEYS[4]  q                        LIST  ready envelopes
-- KEYS[5]  {q}:isolated             LIST  suspects that wait to run alone
-- ARGV[1]  worker
-- ARGV[2]  envelope, byte for byte as fetched
-- ARGV[3]  the exit's row of ExitTable. Its count of moves is kept where hanging handlers end the worker
-- ARGV[4]  how often a job is moved until it runs alone
-- Returns  1 moved | 2 was so before | 0 fenced, nothing was written
-- include gone.lua
-- include leave.lua
-- include wrong_type.lua
local processing, workers, suspects, ready, isolated = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local worker, envelope, fates, alone_from = ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4])

local wrong = wrong_type(ready, 'list', isolated, 'list')
if wrong then
  return wrong
end
if redis.call('LREM', processing, 1, envelope) == 0 then
  return gone(workers, worker)
end

leave(fates, suspects, envelope)
local kept = string.sub(fates, 1, 1) == 'k' -- a count that was given up is 0
if kept and moves_of(suspects, redis.sha1hex(envelope), alone_from) >= alone_from then
  redis.call('RPUSH', isolated, envelope)
else
  redis.call('RPUSH', ready, envelope)
end
return 1
