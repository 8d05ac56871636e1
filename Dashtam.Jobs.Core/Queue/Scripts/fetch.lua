-- Moves what is due to the ready list, then hands out as many ready envelopes as the caller has free slots.
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
-- Returns  {code, ms until the next due time or -1, envelope, ...}: 1 run them | 0 the caller was recovered and must take a
--          new name | 2 let what runs end and ask again | 3, …, envelope, moves: run this one alone
-- include isolate.lua
-- include now_ms.lua
-- include push_dead.lua
-- include wrong_type.lua
local ready, processing, delayed, workers = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local dead = { index = KEYS[5], entries = KEYS[6], bytes = KEYS[7], sequence = KEYS[8], stats = KEYS[9] }
local worker, wanted, move, largest = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local info, max_entries, max_bytes, claim = ARGV[5], tonumber(ARGV[6]), tonumber(ARGV[7]), tonumber(ARGV[8])
local lane = { isolated = KEYS[10], alone = KEYS[11], suspects = KEYS[12], delayed = delayed }

local wrong = wrong_type(ready)
if wrong then
  return wrong
end
if not redis.call('ZSCORE', workers, worker) then
  return { 0, -1 }
end

local now = now_ms()
local due = redis.call('ZRANGEBYSCORE', delayed, '-inf', now, 'LIMIT', 0, move)
for i = #due, 1, -1 do -- the earliest is pushed last, so that it is taken first
  redis.call('ZREM', delayed, due[i])
  redis.call('RPUSH', ready, string.sub(due[i], (string.find(due[i], '|', 1, true) or 0) + 1))
end

local next_due = redis.call('ZRANGE', delayed, 0, 0, 'WITHSCORES')[2]
local reply = { 1, next_due and math.max(0, tonumber(next_due) - now) or -1 }
if isolate(lane, processing, worker, claim, reply) then
  return reply
end
while #reply - 2 < wanted do
  local envelope = redis.call('RPOP', ready)
  if not envelope then
    break
  end
  if #envelope > largest then
    push_dead(dead, info, envelope, now, max_entries, max_bytes)
  else
    redis.call('LPUSH', processing, envelope)
    reply[#reply + 1] = envelope
  end
end
return reply
