-- Part of other scripts: an error to return when a key holds something else than it should, before anything is moved: with a
-- task id that names one of the queue's keys, the Python service overwrites that with a result.
-- Takes keys and what each must be, in turn: list, hash, zset, string or number. A key that is absent is right. A number is what
-- INCR takes, and goes on taking: it refuses "007" and what needs more than 64 bits, and would do so after the job was taken.
local function wrong_type(...)
  local keys = { ... }
  for i = 1, #keys, 2 do
    local key, kind = keys[i], keys[i + 1]
    local found = redis.call('TYPE', key).ok
    if kind == 'number' and found == 'string' then
      local text = redis.call('GET', key)
      found = #text <= 18 and (text == '0' or string.find(text, '^-?[1-9]%d*$')) and kind or found
    end
    if found ~= kind and found ~= 'none' then
      return redis.error_reply('WRONGTYPE the key ' .. key .. ' holds a ' .. found .. ', not a ' .. kind)
    end
  end
end
