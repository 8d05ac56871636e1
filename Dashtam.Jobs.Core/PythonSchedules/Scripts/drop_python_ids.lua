-- Removes ids from a list of the list source whose entries are gone. An id is added behind its entry, so what is listed without an
-- entry has fired or was unscheduled. Of an id that is twice in the list, one is removed each time that it is given.
-- KEYS[1]  {prefix}:time:{minute}   LIST    ids
-- KEYS[2…] {prefix}:data:{id}       STRING  the entry of each id, in the order of the ids
-- ARGV[1…] the ids
-- Returns  how many were removed
-- include wrong_type.lua
local list = KEYS[1]

local wrong = wrong_type(list, 'list')
if wrong then
  return wrong
end
local removed = 0
for i, id in ipairs(ARGV) do
  local entry = KEYS[i + 1]
  if redis.call('EXISTS', entry) == 0 then
    removed = removed + redis.call('LREM', list, 1, id)
  end
end
return removed
