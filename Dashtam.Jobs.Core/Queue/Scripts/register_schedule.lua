-- Says that a schedule exists in this version. A new or a changed one starts at Redis' now: nothing from before fires.
-- What a Redis has lost, or an old snapshot does not know yet, it is told by who has seen it: no instant fires twice, and
-- what has been missed since is caught up.
-- A scheduler of the stored version leaves a sign of life with each call. One of another version takes the schedule over when
-- that sign has not changed for so long that the caller believes that nobody fires it, and goes on from the mark.
-- Goes on when Redis is full: its first write, an HDEL, needs no memory.
-- KEYS[1]  {q}:schedules        HASH  schedule -> version
-- KEYS[2]  {q}:fired            HASH  schedule -> last fired instant, Unix seconds; only grows
-- KEYS[3]  {q}:paused           HASH  schedule -> since, ms
-- KEYS[4]  {q}:schedules:alive  HASH  schedule -> when a scheduler of the stored version called last, ms
-- ARGV[1]  schedule's id
-- ARGV[2]  its version, as the caller knows it
-- ARGV[3]  1: replace another version, at the caller's start | 0: only when there is none, or one older than what it has seen
-- ARGV[4]  last fired instant of this version that the caller has seen, Unix seconds; 0 none
-- ARGV[5]  since when it was paused then, ms; 0 it was not
-- ARGV[6]  the caller's clock, ms, when it has agreed with Redis' for long; else 0
-- ARGV[7]  1: the sign of life has been ARGV[8] for long | 0: it has not
-- ARGV[8]  the sign of life as the caller has seen it; empty: there was none
-- Returns  {code, last fired instant, Redis' now, paused since, stored fired, stored pause, version before, sign of life before}:
--          1 this version is stored | 0 another one is | 2 the fired mark cannot be read | 3 what the caller has seen lies in
--          Redis' future, and it is not known whose clock is wrong | 4 this version is stored, taken over; with 2 and 3 nothing
--          was written but a sign of life. Times in Unix seconds; paused since in ms, 0 it is not, -1 that cannot be read; the
--          sign of life is ? when it cannot be read, and nothing is taken over then
-- include instant.lua
-- include sign_of_life.lua
local schedules, fired, paused, alive = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local id, version, replace, seen, was_paused = ARGV[1], ARGV[2], ARGV[3] == '1', tonumber(ARGV[4]), ARGV[5]
local own, is_silent, silent = tonumber(ARGV[6]), ARGV[7] == '1', ARGV[8]

local time = redis.call('TIME')
local now, now_ms = tonumber(time[1]), time[1] * 1000 + math.floor(time[2] / 1000)
local stored = redis.call('HGET', schedules, id)
local stored_fired, stored_pause = redis.call('HGET', fired, id) or '0', redis.call('HGET', paused, id)
local last, since = instant(stored_fired, 1), stored_pause and (instant(stored_pause, 1000) or -1) or 0
stored_pause = stored_pause or ''
local sign = sign_of_life(alive, id)
local function reply(code, fired_now)
  return { code, fired_now, now, since, stored_fired, stored_pause, stored or '', sign }
end

if stored == version then
  show_life(alive, id, now_ms)
end
if not last then
  return reply(2, 0)
end
if seen > now + 1 then
  if math.abs(own - now_ms) > 1000 then
    return reply(3, seen)
  end
  seen = 0 -- Redis' clock was ahead when the caller saw it
end
local forgotten = seen > last
local is_other = stored and stored ~= version and not replace and not forgotten
if is_other and not (is_silent and sign == silent and sign ~= '?') then
  return reply(0, last)
end
if stored == version and last > 0 and not forgotten then
  return reply(1, last)
end

show_life(alive, id, now_ms)
if (not stored or forgotten) and since == 0 and was_paused ~= '0' then
  since = math.min(tonumber(was_paused), now_ms)
  redis.call('HSET', paused, id, string.format('%.0f', since))
end
last = forgotten and seen or is_other and last > 0 and last or math.max(last, now)
redis.call('HSET', schedules, id, version)
redis.call('HSET', fired, id, string.format('%.0f', last))
return reply(is_other and 4 or 1, last)
