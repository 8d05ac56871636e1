-- Moves a last fired instant that lies in Redis' future back, unless it has changed, or anybody's clock is in doubt.
-- KEYS[1]  {q}:fired   HASH    schedule -> last fired instant, Unix seconds
-- KEYS[2]  {q}:skewed  STRING  a scheduler's clock is off from Redis'
-- ARGV[1]  schedule's id
-- ARGV[2]  the instant as it was read
-- ARGV[3]  the last instant that is due, Unix seconds
-- ARGV[4]  the caller's clock, ms; it has agreed with Redis' for long
-- Returns  1 moved | 0 not
-- include now_ms.lua
local fired, skewed = KEYS[1], KEYS[2]
local id, old, due, own = ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4])

local now = now_ms()
if redis.call('HGET', fired, id) ~= old or redis.call('EXISTS', skewed) == 1 or math.abs(own - now) > 1000
  or tonumber(old) * 1000 - now <= 1000 or tonumber(due) * 1000 > now then
  return 0
end
redis.call('HSET', fired, id, due)
return 1
