-- Notes that an entry of a Python producer was named in a log, so that one scheduler of all does so, once a day at most.
-- KEYS[1]  {q}:python:odd     HASH EX  entry -> why
-- KEYS[2]  {q}:stats:python   HASH     counters
-- ARGV[1]  the entry's name
-- ARGV[2]  why it is left alone, and which bytes these are
-- ARGV[3]  the counter that this belongs to
-- ARGV[4]  how many are named at most
-- ARGV[5]  lifetime of the hash, seconds
-- Returns  1 the caller names it | 0 it has been named, or enough have been
-- include wrong_type.lua
local odd, stats = KEYS[1], KEYS[2]
local name, why, counter, most, ttl = ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4]), ARGV[5]

local wrong = wrong_type(odd, 'hash')
if wrong then
  return wrong
end
local before = redis.call('HGET', odd, name)
if before == why or (not before and redis.call('HLEN', odd) >= most) then
  return 0
end

redis.call('HSET', odd, name, why)
if redis.call('TTL', odd) < 0 then
  redis.call('EXPIRE', odd, ttl)
end
redis.pcall('HINCRBY', stats, counter, 1)
return 1
