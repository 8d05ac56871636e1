-- Removes dead letters that are older than they may be, the oldest first, and counts them: a permitted loss.
-- Goes on when Redis is full: its first write, a ZREM, needs no memory.
-- KEYS[1]  {q}:dead          ZSET    dead letter -> since, ms
-- KEYS[2]  {q}:dead:entries  HASH    dead letter -> info, line feed, envelope
-- KEYS[3]  {q}:dead:bytes    STRING  bytes of dead letters
-- KEYS[4]  {q}:stats:jobs    HASH    counters
-- ARGV[1]  how old a dead letter may be, ms
-- ARGV[2]  the caller's clock, ms: a dead letter goes when it is too old by both clocks, as one of them may be wrong
-- ARGV[3]  dead letters removed at most
-- ARGV[4]  dead letters described at most
-- ARGV[5]  bytes of an entry that is read for that at most: an envelope may be large
-- Returns  {dead letters removed, number, info, ...}: info is empty where it was not read
-- include now_ms.lua
-- include wrong_type.lua
local index, entries, bytes, stats = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local age, clock, most = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local described, largest = tonumber(ARGV[4]), tonumber(ARGV[5])

local wrong = wrong_type(index, 'zset', entries, 'hash', bytes, 'number')
if wrong then
  return wrong
end

local numbers = redis.call('ZRANGEBYSCORE', index, '-inf', math.min(now_ms(), clock) - age, 'LIMIT', 0, most)
local reply, freed = { #numbers }, 0
for i, number in ipairs(numbers) do
  local length = redis.call('HSTRLEN', entries, number)
  if i <= described then
    local entry = length <= largest and redis.call('HGET', entries, number) or ''
    reply[#reply + 1] = number
    reply[#reply + 1] = string.match(entry, '^[^\n]*')
  end
  freed = freed + length
  redis.call('ZREM', index, number)
  redis.call('HDEL', entries, number)
end
if #numbers > 0 then
  redis.call('DECRBY', bytes, freed)
  redis.pcall('HINCRBY', stats, 'dead:expired', #numbers)
end
return reply
