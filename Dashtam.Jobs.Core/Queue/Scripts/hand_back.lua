-- Puts jobs that the caller read ahead, and has not begun, back where the next fetch takes them first, in their old order. How
-- often recovery moved them stays counted.
-- Goes on when Redis is full: its first write, an LREM, needs no memory.
-- KEYS[1]  {q}:processing:{worker}  LIST  what the caller holds
-- KEYS[2]  {q}:workers              ZSET  worker -> last heartbeat, ms
-- KEYS[3]  q                        LIST  ready envelopes
-- ARGV[1]  worker
-- ARGV[2…] envelopes, byte for byte as fetched, the oldest first
-- Returns  1 moved, all that had not been moved before | 0 fenced, nothing was written
-- include wrong_type.lua
local processing, workers, ready = KEYS[1], KEYS[2], KEYS[3]
local worker = ARGV[1]

local wrong = wrong_type(ready, 'list')
if wrong then
  return wrong
end
if not redis.call('ZSCORE', workers, worker) then
  return 0
end

for i = #ARGV, 2, -1 do -- the newest is nearest to the list's head; the oldest is pushed last, so that it is taken first
  if redis.call('LREM', processing, 1, ARGV[i]) == 1 then
    redis.call('RPUSH', ready, ARGV[i])
  end
end
return 1
