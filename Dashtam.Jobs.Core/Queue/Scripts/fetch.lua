-- Moves what is due to the ready list, then hands out as many ready envelopes as the caller has free slots, and some more
-- that it reads ahead: those only while as many are left for others.
-- Goes on when Redis is full: its first write, a ZREM or an RPOP, needs no memory.
-- KEYS[1]  q                        LIST    ready envelopes
-- KEYS[2]  {q}:processing:{worker}  LIST    what the caller holds
-- KEYS[3]  {q}:delayed              ZSET    {seq}|{envelope} -> due, ms
-- KEYS[4]  {q}:workers              ZSET    worker -> last heartbeat, ms
-- KEYS[5]  {q}:dead                 ZSET    dead letter -> since, ms
-- KEYS[6]  {q}:dead:entries         HASH    dead letter -> info, line feed, envelope
-- KEYS[7]  {q}:dead:bytes           STRING  bytes of dead letters
-- KEYS[8]  {q}:seq                  STRING  counter
-- KEYS[9]  {q}:stats:jobs           HASH    counters
-- KEYS[10] {q}:isolated             LIST    suspects that wait to run alone
-- KEYS[11] {q}:alone                STRING  the worker that lets its jobs end, to take one
-- KEYS[12] {q}:suspects             HASH    SHA-1 of an envelope -> how often recovery moved it
-- ARGV[1]  worker
-- ARGV[2]  envelopes wanted at most
-- ARGV[3]  due envelopes to move at most
-- ARGV[4]  largest envelope handed out, bytes
-- ARGV[5]  info of a dead letter that is larger, JSON
-- ARGV[6]  dead letters kept at most
-- ARGV[7]  bytes of dead letters kept at most
-- ARGV[8]  ms for which the caller, if it holds jobs, claims to let them end for a suspect; 0: it cannot run one alone
-- ARGV[9]  envelopes to read ahead at most
-- ARGV[10] bytes after which no more are read ahead
-- Returns  {code, ms until the next due time or -1, envelope, ...}: 1 run them | 0 the caller was recovered and must take a
--          new name | 2 let what runs end and ask again | 3, …, envelope, moves: run this one alone
-- include isolate.lua
-- include move_due.lua
-- include now_ms.lua
-- include push_dead.lua
-- include take_ready.lua
-- include wrong_type.lua
local ready, processing, delayed, workers = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local dead = { index = KEYS[5], entries = KEYS[6], bytes = KEYS[7], sequence = KEYS[8], stats = KEYS[9] }
local worker, wanted, move, largest = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local info, max_entries, max_bytes, claim = ARGV[5], tonumber(ARGV[6]), tonumber(ARGV[7]), tonumber(ARGV[8])
local ahead, most_bytes = tonumber(ARGV[9]), tonumber(ARGV[10])
local chunk = 64 -- what one step takes at most, and what it may take too much
local lane = { isolated = KEYS[10], alone = KEYS[11], suspects = KEYS[12], delayed = delayed }

local wrong = wrong_type(ready)
if wrong then
  return wrong
end
if not redis.call('ZSCORE', workers, worker) then
  return { 0, -1 }
end

local now = now_ms()
move_due(delayed, ready, now, move)
local next_due = redis.call('ZRANGE', delayed, 0, 0, 'WITHSCORES')[2]
local reply = { 1, next_due and math.max(0, tonumber(next_due) - now) or -1 }
if isolate(lane, processing, worker, claim, reply) then
  return reply
end

local function take(number)
  return take_ready(ready, processing, number, largest, reply, function(envelope)
    push_dead(dead, info, envelope, now, max_entries, max_bytes)
  end)
end
while #reply - 2 < wanted and take(math.min(wanted - (#reply - 2), chunk)) > 0 do end
if ahead > 0 then
  ahead = math.min(ahead, math.floor(redis.call('LLEN', ready) / 2))
end
local step, bytes = 8, 0 -- small at first: an envelope may be large
while ahead > 0 and bytes < most_bytes do
  local taken = take(math.min(ahead, step))
  if taken == 0 then
    break
  end
  ahead, step, bytes = ahead - step, chunk, bytes + taken
end
return reply
