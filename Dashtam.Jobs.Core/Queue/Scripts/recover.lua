-- Makes the jobs of a dead worker ready again, and ends its registration in the same step, so that whatever it still tries
-- is fenced. Staleness is decided here, by Redis' clock.
-- Goes on when Redis is full: its first write, a ZREM or an LPOP, needs no memory.
-- KEYS[1]  {q}:workers              ZSET    worker -> last heartbeat, ms
-- KEYS[2]  {q}:departed             ZSET    worker -> since, ms
-- KEYS[3]  {q}:processing:{worker}  LIST    what the dead worker held
-- KEYS[4]  q                        LIST    ready envelopes
-- KEYS[5]  {q}:suspects             HASH    SHA-1 of an envelope -> how often recovery moved it
-- KEYS[6]  {q}:dead                 ZSET    dead letter -> since, ms
-- KEYS[7]  {q}:dead:entries         HASH    dead letter -> info, line feed, envelope
-- KEYS[8]  {q}:dead:bytes           STRING  bytes of dead letters
-- KEYS[9]  {q}:seq                  STRING  counter
-- KEYS[10] {q}:stats:jobs           HASH    counters
-- KEYS[11] {q}:isolated             LIST    suspects that wait to run alone
-- ARGV[1]  the dead worker
-- ARGV[2]  lease, ms
-- ARGV[3]  envelopes moved at most; what is left is found through {q}:departed
-- ARGV[4]  largest envelope, bytes
-- ARGV[5]  info of a dead letter that is larger, JSON
-- ARGV[6]  dead letters kept at most
-- ARGV[7]  bytes of dead letters kept at most
-- ARGV[8]  how long a departed worker is remembered after its list was last seen filled, ms
-- ARGV[9]  how often a job is moved until it runs alone
-- ARGV[10] the worker that judges, which must be alive beyond doubt itself; empty: an operator does
-- ARGV[11] how long ago its last heartbeat may be, ms
-- ARGV[12] row of ExitTable for a job that is too large; every other job keeps what it holds
-- Returns  {envelopes moved, of those dead letters because they are too large} | {-1, 0} the worker is alive, or its judge is not
-- include now_ms.lua
-- include wrong_type.lua
-- include push_dead.lua
-- include count_move.lua
-- include leave.lua
local workers, departed, processing, ready, suspects = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local dead = { index = KEYS[6], entries = KEYS[7], bytes = KEYS[8], sequence = KEYS[9], stats = KEYS[10] }
local worker, lease, most, largest = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local info, max_entries, max_bytes, memory = ARGV[5], tonumber(ARGV[6]), tonumber(ARGV[7]), tonumber(ARGV[8])
local isolated, alone_from, judge, fresh, fates = KEYS[11], tonumber(ARGV[9]), ARGV[10], tonumber(ARGV[11]), ARGV[12]

local wrong = wrong_type(processing, 'list', ready, 'list', suspects, 'hash', isolated, 'list', departed, 'zset')
if wrong then
  return wrong
end
local now = now_ms()
local seen, judged = redis.call('ZSCORE', workers, worker), redis.call('ZSCORE', workers, judge)
if seen and now - tonumber(seen) < lease or judge ~= '' and now - tonumber(judged or '0') > fresh then
  return { -1, 0 }
end

redis.call('ZREM', workers, worker)
local since = redis.call('ZSCORE', departed, worker)
if seen or not since then
  redis.call('ZADD', departed, now, worker)
end
local alone, moved, too_large = redis.call('LLEN', processing) == 1, 0, 0
while moved < most do
  local envelope = redis.call('LPOP', processing) -- newest first: the oldest ends up where it is taken first
  if not envelope then
    break
  end
  if #envelope > largest and not wrong_dead(dead) then
    push_dead(dead, info, envelope, now, max_entries, max_bytes)
    leave(fates, suspects, envelope)
    too_large = too_large + 1
  elseif count_move(suspects, redis.sha1hex(envelope), alone, alone_from) < alone_from then
    redis.call('RPUSH', ready, envelope)
  else
    redis.call('LPUSH', isolated, envelope) -- behind the others: most are there only because of one of them
  end
  moved = moved + 1
end

if moved > 0 then
  redis.call('ZADD', departed, now, worker)
elseif since and not seen and now - tonumber(since) > memory then
  redis.call('ZREM', departed, worker)
end
if too_large > 0 then
  redis.pcall('HINCRBY', dead.stats, 'unknown:dead_lettered', too_large)
end
return { moved, too_large }
