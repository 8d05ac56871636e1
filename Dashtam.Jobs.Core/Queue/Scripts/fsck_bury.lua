-- Moves a delayed or parked entry that is no numbered envelope to the dead letters, if it is still there.
-- Goes on when Redis is full: its first write, a ZREM, needs no memory.
-- KEYS[1]  {q}:delayed or {q}:parked  ZSET    {seq}|{envelope} -> time, ms
-- KEYS[2]  {q}:dead                   ZSET    dead letter -> since, ms
-- KEYS[3]  {q}:dead:entries           HASH    dead letter -> info, line feed, envelope
-- KEYS[4]  {q}:dead:bytes             STRING  bytes of dead letters
-- KEYS[5]  {q}:seq                    STRING  counter
-- KEYS[6]  {q}:stats:jobs             HASH    counters
-- KEYS[7]  taskiq:result:{id}         STRING  where the error result goes; may be absent
-- ARGV[1]  member, byte for byte
-- ARGV[2]  envelope: what of the member is one
-- ARGV[3]  info of the dead letter, JSON in one line
-- ARGV[4]  dead letters kept at most
-- ARGV[5]  bytes of dead letters kept at most
-- ARGV[6]  error result, JSON; used with KEYS[7]
-- ARGV[7]  lifetime of the result, seconds
-- Returns  1 moved | 0 it is gone
-- include now_ms.lua
-- include wrong_type.lua
-- include push_dead.lua
-- include store_bare.lua
-- include store_result.lua
local place, result = KEYS[1], KEYS[7]
local dead = { index = KEYS[2], entries = KEYS[3], bytes = KEYS[4], sequence = KEYS[5], stats = KEYS[6] }
local member, envelope, info, json, ttl = ARGV[1], ARGV[2], ARGV[3], ARGV[6], ARGV[7]
local max_entries, max_bytes = tonumber(ARGV[4]), tonumber(ARGV[5])

local wrong = wrong_dead(dead)
if wrong then
  return wrong
end
if redis.call('ZREM', place, member) == 0 then
  return 0
end

push_dead(dead, info, envelope, now_ms(), max_entries, max_bytes)
if result then
  store_result(result, nil, json, nil, ttl)
end
redis.pcall('HINCRBY', dead.stats, 'unknown:dead_lettered', 1)
return 1
