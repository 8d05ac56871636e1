-- Brings what is due of a schedule into the queue, unless some scheduler has done so: all of them fire, one gets through.
-- KEYS[1]  q                        LIST    ready envelopes
-- KEYS[2]  {q}:fired                HASH    schedule -> last fired instant, Unix seconds; only grows
-- KEYS[3]  {q}:schedules            HASH    schedule -> version
-- KEYS[4]  {q}:paused               HASH    schedule -> since, ms
-- KEYS[5]  {q}:stats:schedules      HASH    schedule:counter -> count
-- KEYS[6]  {q}:once:run:{schedule}  STRING  task id of the last fire's job: with the policy "skip" until that ends, with
--          "replace", at {q}:once:newest:{schedule}, until the next; not with "queue"
-- ARGV[1]  schedule's id
-- ARGV[2]  its version, as the caller knows it
-- ARGV[3]  the last fired instant, as the caller knows it, Unix seconds
-- ARGV[4]  the last instant that this is about, Unix seconds, never "now"
-- ARGV[5]  instants up to it that do not fire
-- ARGV[6]  overlap policy: queue, skip or replace
-- ARGV[7]  lifetime of KEYS[6], seconds
-- ARGV[8]  ms after which a fire counts as caught up
-- ARGV[9…] instant, task id and envelope of each fire, ascending
-- Returns  {code, ms until the instant, last fired instant, enqueued, skipped}: 1 fired | 0 has fired before
--          | -1 another version is stored | -2 more than 1 s in Redis' future | -3 paused, all are passed over
--          | -4 another instant has fired than the caller knows | -5 the last fired instant cannot be read
-- include now_ms.lua
-- include wrong_type.lua
-- include instant.lua
local ready, fired, schedules, paused, stats, run = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6]
local id, version, after, up_to, passed = ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])
local overlap, ttl, late, first = ARGV[6], ARGV[7], tonumber(ARGV[8]), 9

local wrong = wrong_type(ready, 'list', paused, 'hash')
if wrong then
  return wrong
end
local now, last = now_ms(), instant(redis.call('HGET', fired, id) or '0', 1)
if not last then
  return { -5, 0, 0, 0, 0 }
end
if (redis.call('HGET', schedules, id) or version) ~= version then
  return { -1, 0, last, 0, 0 }
end
if up_to * 1000 - now > 1000 then
  return { -2, up_to * 1000 - now, last, 0, 0 }
end
if last ~= after then
  return { last >= up_to and 0 or -4, 0, last, 0, 0 }
end

redis.call('HSET', fired, id, ARGV[4])
local counts = { fired = 0, caught_up = 0, skipped = 0, passed_over = passed }
local is_paused = redis.call('HEXISTS', paused, id) == 1
for i = first, #ARGV, 3 do
  if is_paused then
    counts.passed_over = counts.passed_over + 1
  elseif overlap == 'skip' and redis.call('EXISTS', run) == 1 then
    counts.skipped = counts.skipped + 1
  else
    if overlap ~= 'queue' then
      redis.call('SET', run, ARGV[i + 1], 'EX', ttl)
    end
    redis.call('LPUSH', ready, ARGV[i + 2])
    local lag = now - tonumber(ARGV[i]) * 1000
    redis.pcall('HSET', stats, id .. ':lag_ms', lag)
    counts.fired, counts.caught_up = counts.fired + 1, counts.caught_up + (lag > late and 1 or 0)
  end
end
for counter, number in pairs(counts) do
  if number > 0 then
    redis.pcall('HINCRBY', stats, id .. ':' .. counter, number)
  end
end
return { is_paused and -3 or 1, 0, up_to, counts.fired, counts.skipped }
