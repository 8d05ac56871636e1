-- Part of other scripts: a job that a schedule's overlap policy watches has ended; the next fire needs not mind it. Not when
-- a later fire has taken its place meanwhile.
local function release_run(run, task_id)
  if run and redis.pcall('GET', run) == task_id then -- whatever else is there, this job has ended
    redis.call('DEL', run)
  end
end
