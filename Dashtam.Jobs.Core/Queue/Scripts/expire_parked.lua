-- Ends a job that has been parked for too long: it becomes a dead letter and an error result.
-- Goes on when Redis is full: its first write, a ZREM, needs no memory.
-- KEYS[1]  {q}:parked               ZSET    {seq}|{envelope} -> since, ms
-- KEYS[2]  {q}:stats:jobs           HASH    counters
-- KEYS[3]  {q}:dead                 ZSET    dead letter -> since, ms
-- KEYS[4]  {q}:dead:entries         HASH    dead letter -> info, line feed, envelope
-- KEYS[5]  {q}:dead:bytes           STRING  bytes of dead letters
-- KEYS[6]  {q}:seq                  STRING  counter
-- KEYS[7]  {q}:parked:bytes         STRING  bytes of parked jobs
-- KEYS[8]  taskiq:result:{id}       STRING  where the error result goes; may be absent
-- KEYS[9]  {id}                     STRING  where it also goes; may be absent, or KEYS[8] again
-- KEYS[10] {q}:once:run:{schedule}  STRING  task id of its schedule's last run; absent unless an overlap policy watches it
-- ARGV[1]  the parked member, byte for byte
-- ARGV[2]  how long a job may be parked, ms
-- ARGV[3]  counter's name
-- ARGV[4]  info: reason, attempts, errors; JSON in one line
-- ARGV[5]  dead letters kept at most
-- ARGV[6]  bytes of dead letters kept at most
-- ARGV[7]  error result, JSON; used with KEYS[8]
-- ARGV[8]  lifetime of the result, seconds
-- ARGV[9]  task id; used with KEYS[10]
-- ARGV[10] what goes to KEYS[9]; empty: ARGV[7]
-- ARGV[11] its exit's row of ExitTable. Parking gave up its count of moves: one that is there is another delivery's
-- Returns  1 moved | 4 moved, but something else than a result stands where the result goes | 5 moved, but something else than a
--          result stands at KEYS[9] | 6 moved, but Redis refuses KEYS[9] | 0 its time is not up, or it is gone
-- include count_parked.lua
-- include now_ms.lua
-- include wrong_type.lua
-- include push_dead.lua
-- include leave.lua
-- include store_bare.lua
-- include store_result.lua
local parked, stats, parked_bytes, fates = KEYS[1], KEYS[2], KEYS[7], ARGV[11]
local dead = { index = KEYS[3], entries = KEYS[4], bytes = KEYS[5], sequence = KEYS[6], stats = stats }
local result, bare, run, task_id, bare_bytes = KEYS[8], KEYS[9], KEYS[10], ARGV[9], ARGV[10]
local member, limit, counter, info = ARGV[1], tonumber(ARGV[2]), ARGV[3], ARGV[4]
local max_entries, max_bytes, json, ttl = tonumber(ARGV[5]), tonumber(ARGV[6]), ARGV[7], ARGV[8]

local wrong = wrong_dead(dead)
if wrong then
  return wrong
end
local now = now_ms()
local since = redis.call('ZSCORE', parked, member)
if not since or now - tonumber(since) < limit then
  return 0
end

redis.call('ZREM', parked, member)
local envelope = string.sub(member, (string.find(member, '|', 1, true) or 0) + 1)
push_dead(dead, info, envelope, now, max_entries, max_bytes)
count_parked(parked_bytes, parked, -#envelope)
local code = result and store_result(result, bare, json, bare_bytes, ttl) or 1
leave(fates, nil, envelope, nil, run, task_id)
redis.pcall('HINCRBY', stats, counter, 1)
return code
