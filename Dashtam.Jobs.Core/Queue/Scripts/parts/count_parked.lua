-- Part of other scripts, after a job was parked or was not any more: keeps the counter of parked jobs' bytes. With one job, or none, it is
-- set anew: a worker of an earlier release moves jobs without counting them. A counter that cannot be written loses no job.
local function count_parked(counter, parked, change)
  local jobs = redis.call('ZCARD', parked)
  if jobs == 0 or jobs == 1 and change > 0 then
    redis.pcall('SET', counter, math.max(0, change))
    return
  end
  local bytes = redis.pcall('INCRBY', counter, change)
  if type(bytes) == 'number' and bytes < 0 then
    redis.pcall('SET', counter, '0')
  end
end
