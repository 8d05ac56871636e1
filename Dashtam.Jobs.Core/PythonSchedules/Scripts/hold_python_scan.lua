-- Gives one scheduler of all the task to look through the whole keyspace for a while, or lets it go on with that.
-- KEYS[1]  {q}:python:scan   STRING PX  who looks
-- ARGV[1]  the scheduler
-- ARGV[2]  for how long, ms
-- Returns  1 it is the caller's | 0 another scheduler looks
local scan = KEYS[1]
local me, ms = ARGV[1], ARGV[2]

local holder = redis.call('GET', scan)
if holder and holder ~= me then
  return 0
end

redis.call('SET', scan, me, 'PX', ms)
return 1
