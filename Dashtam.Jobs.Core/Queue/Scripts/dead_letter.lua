-- Ends a job that cannot be run or has failed for good: it becomes a dead letter and, when it has an id, an error result.
-- KEYS[1]  {q}:processing:{worker}  LIST    what the caller holds
-- KEYS[2]  {q}:workers              ZSET    worker -> last heartbeat, ms
-- KEYS[3]  {q}:suspects             HASH    SHA-1 of an envelope -> how often recovery moved it
-- KEYS[4]  {q}:stats:jobs           HASH    counters
-- KEYS[5]  {q}:dead                 ZSET    dead letter -> since, ms
-- KEYS[6]  {q}:dead:entries         HASH    dead letter -> info, line feed, envelope
-- KEYS[7]  {q}:dead:bytes           STRING  bytes of dead letters
-- KEYS[8]  {q}:seq                  STRING  counter
-- KEYS[9]  taskiq:result:{id}       STRING  where the error result goes; may be absent
-- KEYS[10] {id}                     STRING  where it also goes; may be absent, or KEYS[9] again
-- KEYS[11] {q}:once:run:{schedule}  STRING  task id of its schedule's last run; absent unless an overlap policy watches it
-- ARGV[1]  worker
-- ARGV[2]  envelope, byte for byte as fetched
-- ARGV[3]  counter's name
-- ARGV[4]  info: reason, attempts, errors; JSON in one line
-- ARGV[5]  dead letters kept at most
-- ARGV[6]  bytes of dead letters kept at most
-- ARGV[7]  error result, JSON; used with KEYS[9]
-- ARGV[8]  lifetime of the result, seconds
-- ARGV[9]  task id; used with KEYS[11]
-- ARGV[10] what goes to KEYS[10]; empty: ARGV[7]
-- ARGV[11] the exit's row of ExitTable
-- Returns  1 moved | 4 moved, but something else than a result stands where the result goes | 5 moved, but something else than a
--          result stands at KEYS[10] | 6 moved, but Redis refuses KEYS[10] | 2 was so before | 0 fenced, nothing was written
-- include now_ms.lua
-- include wrong_type.lua
-- include push_dead.lua
-- include gone.lua
-- include leave.lua
-- include store_bare.lua
-- include store_result.lua
local processing, workers, suspects, stats = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local dead = { index = KEYS[5], entries = KEYS[6], bytes = KEYS[7], sequence = KEYS[8], stats = stats }
local result, bare, run, task_id, bare_bytes, fates = KEYS[9], KEYS[10], KEYS[11], ARGV[9], ARGV[10], ARGV[11]
local worker, envelope, counter, info = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local max_entries, max_bytes, json, ttl = tonumber(ARGV[5]), tonumber(ARGV[6]), ARGV[7], ARGV[8]

local wrong = wrong_dead(dead)
if wrong then
  return wrong
end
if redis.call('LREM', processing, 1, envelope) == 0 then
  return gone(workers, worker)
end

push_dead(dead, info, envelope, now_ms(), max_entries, max_bytes)
local code = result and store_result(result, bare, json, bare_bytes, ttl) or 1
leave(fates, suspects, envelope, nil, run, task_id)
redis.pcall('HINCRBY', stats, counter, 1)
return code
