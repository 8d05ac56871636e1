-- Gives the next number of the queue's one fence counter, while the caller still holds the delivery.
-- The number is also above Redis' clock in microseconds: a counter that was lost, or came back old, goes on above whatever
-- anybody has seen, without anybody having to remember it. What is no number, or so large that adding one changes nothing, counts
-- as lost.
-- Goes on when Redis is full: its first write, a ZREM of nothing, needs no memory.
-- KEYS[1]  {q}:processing:{worker}  LIST    what the caller holds
-- KEYS[2]  {q}:fence                STRING  last number given
-- KEYS[3]  {q}:workers              ZSET    worker -> last heartbeat, ms
-- ARGV[1]  envelope, byte for byte as fetched
-- ARGV[2]  the number that this delivery has been given before, or 0
-- ARGV[3]  the highest number that the caller's process has seen, or 0
-- Returns  the number, as text | '0' the delivery is no longer the caller's
local processing, fence, workers = KEYS[1], KEYS[2], KEYS[3]
local envelope, own, seen = ARGV[1], ARGV[2], tonumber(ARGV[3])

if not redis.call('LPOS', processing, envelope) then
  return '0'
end
if own ~= '0' then
  return own
end

local time = redis.call('TIME')
local text = redis.call('GET', fence) or '0'
local last = string.find(text, '^%d+$') and tonumber(text) or 0
last = last < 9007199254740991 and last or 0
local number = string.format('%.0f', math.max(last + 1, seen + 1, time[1] * 1000000 + time[2]))
redis.call('ZREM', workers, '')
redis.call('SET', fence, number)
return number
