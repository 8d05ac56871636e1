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
-- ARGV[11] bytes after which no more are handed out to free slots: the next fetch does that
-- ARGV[12] bytes after which the caller takes no more of either
-- ARGV[13] how often a job is moved until it runs alone
-- ARGV[14] row of ExitTable for a job that is too large
-- ARGV[15] deliveries of other queues that the caller's process holds: beside them no suspect is alone
-- Returns  {code, ms until the next due time or -1, envelopes that became dead letters because they are too large,
--          envelope, ...}: 1 run them | 0 the caller was recovered and must take a new name | 2 let what runs end and ask
--          again | 3, …, envelope, moves: run this one alone
-- include wrong_type.lua
-- include isolate.lua
-- include move_due.lua
-- include leave.lua
-- include now_ms.lua
-- include push_dead.lua
-- include take_ready.lua
local ready, processing, delayed, workers = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local dead = { index = KEYS[5], entries = KEYS[6], bytes = KEYS[7], sequence = KEYS[8], stats = KEYS[9] }
local worker, wanted, move, largest = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local info, max_entries, max_bytes, claim = ARGV[5], tonumber(ARGV[6]), tonumber(ARGV[7]), tonumber(ARGV[8])
local ahead, ahead_bytes, slots_bytes, budget = tonumber(ARGV[9]), tonumber(ARGV[10]), tonumber(ARGV[11]), tonumber(ARGV[12])
local lane, fates = { isolated = KEYS[10], alone = KEYS[11], suspects = KEYS[12], delayed = delayed }, ARGV[14]

local wrong = wrong_type(ready, 'list', processing, 'list')
if wrong then
  return wrong
end
if not redis.call('ZSCORE', workers, worker) then
  return { 0, -1, 0 }
end

local now = now_ms()
move_due(lane, ready, now, move, tonumber(ARGV[13]))
local next_due = redis.call('ZRANGE', delayed, 0, 0, 'WITHSCORES')[2]
local reply = { 1, next_due and math.max(0, tonumber(next_due) - now) or -1, 0 }
if isolate(lane, processing, tonumber(ARGV[15]), worker, claim, reply) then
  return reply
end

local function keep(envelope)
  if wrong_dead(dead) then
    return false -- the caller is told why when it tries to end it
  end
  push_dead(dead, info, envelope, now, max_entries, max_bytes)
  leave(fates, lane.suspects, envelope)
  redis.pcall('HINCRBY', dead.stats, 'unknown:dead_lettered', 1)
  reply[3] = reply[3] + 1
  return true
end
local function fill(number, most_bytes)
  local full, step, asked, bytes, taken = #reply + number, 2, 0, 0, 1 -- few at first: an envelope may be large
  while taken > 0 and #reply < full and bytes < most_bytes do
    step = math.min(step, full - #reply)
    taken = take_ready({ ready = ready, processing = processing }, step, most_bytes - bytes, largest, reply, keep)
    asked, bytes = asked + step, bytes + taken
    step = math.max(1, math.min(64, math.floor((most_bytes - bytes) * asked / bytes))) -- as many as are likely to fit
  end
  return bytes
end
budget = budget - fill(wanted, math.min(slots_bytes, budget))
if ahead > 0 and budget > 0 then
  fill(math.min(ahead, math.floor(redis.call('LLEN', ready) / 2)), math.min(ahead_bytes, budget))
end
return reply
