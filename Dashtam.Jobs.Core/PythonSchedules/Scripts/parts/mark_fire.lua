-- Part of other scripts, after a fire: counts the fire, and notes whether its job's id tells that a scheduler of this service pushed the job.
-- So workers know which jobs another scheduler has pushed. No fire depends on it. An earlier release only counts "fired".
local function mark_fire(stats, fires, schedule, is_marked, now)
  local fired, marked = redis.pcall('HINCRBY', stats, 'fired', 1), redis.pcall('HINCRBY', stats, 'fired_marked', 1)
  if type(fired) == 'number' and fired ~= marked then
    redis.pcall('HSET', stats, 'fired_marked', fired, 'mixed_at', now)
  end
  local size = redis.pcall('ZCARD', fires)
  if not is_marked then
    redis.pcall('ZREM', fires, schedule)
  elseif type(size) == 'number' then
    for _, oldest in ipairs(size >= 1000 and redis.pcall('ZRANGE', fires, 0, 0) or {}) do
      redis.pcall('ZREM', fires, oldest)
    end
    redis.pcall('ZADD', fires, now, schedule)
  end
end
