-- Part of other scripts: an error to return when the queue's key holds something else than a list, before anything is moved:
-- with a task id that names the queue, the Python service overwrites it with a result.
local function wrong_type(ready)
  local kind = redis.call('TYPE', ready).ok
  if kind ~= 'list' and kind ~= 'none' then
    return redis.error_reply('WRONGTYPE the queue key holds a ' .. kind .. ', not a list')
  end
end
