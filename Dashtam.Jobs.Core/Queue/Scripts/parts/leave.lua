-- Part of the scripts by which a job leaves its place: settles each thing that the job holds. The caller passes the row of its exit in
-- the table of exits, Queue/Leaving/ExitTable.cs; this part does what the row says.
-- fates: a letter for each thing: first for the count of moves, then for the run that its schedule's overlap policy watches.
--   g given up | k kept | m moved to the next attempt's bytes, which only the count can be
-- suspects HASH; run: STRING with the task id of the schedule's last run, or nothing where no policy watches the job.
-- Writes nothing that needs memory, except for m.
-- include moves_of.lua
local function leave(fates, suspects, envelope, next_envelope, run, task_id)
  local count = string.sub(fates, 1, 1)
  if count ~= 'k' then
    local hash = redis.sha1hex(envelope)
    if count == 'm' then -- a count of 0, too: count_recycled.lua adds to it, and it goes when the next attempt is settled
      redis.pcall('HSET', suspects, redis.sha1hex(next_envelope), moves_of(suspects, hash, 0))
    end
    redis.pcall('HDEL', suspects, hash)
  end
  if run and string.sub(fates, 2, 2) == 'g' and redis.pcall('GET', run) == task_id then -- a later fire may have taken its place
    redis.call('DEL', run) -- whatever else is there, this job has ended
  end
end
