-- Part of other scripts: what shows that a scheduler of a schedule's stored version lives. The sign of life is empty when there
-- is none, and ? when it cannot be read: a key of another type, or no right to it, must not stop the schedule.
local function sign_of_life(alive, schedule)
  local sign = redis.pcall('HGET', alive, schedule) or ''
  return type(sign) == 'table' and '?' or sign
end
local function show_life(alive, schedule, now_ms)
  redis.pcall('HDEL', alive, schedule) -- needs no memory: what follows is written although Redis is full
  redis.pcall('HSET', alive, schedule, string.format('%.0f', now_ms))
end
