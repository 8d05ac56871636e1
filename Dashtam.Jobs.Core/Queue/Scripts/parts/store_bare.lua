-- Part of other scripts: writes at a key that a producer named, which may be anybody's. Only where nothing is, or a string that begins
-- as what was written there before: as JSON or as a pickle, of any protocol, of an object whose first name is the given one.
-- A right that is missing is an answer and no error: the job is settled by then.
local function begins_as(head, first)
  if string.sub(head, 1, #first + 4) == '{"' .. first .. '":' then
    return true
  end
  local at = string.byte(head, 3) == 0x95 and 12 or 3 -- behind the frame
  if string.byte(head, 1) ~= 0x80 or string.byte(head, at) ~= 0x7D then
    return false
  end
  local memo = ({ [0x94] = 1, [0x71] = 2, [0x72] = 5 })[string.byte(head, at + 1)] or 0
  local text = at + memo + 2
  local name = ({ [0x8C] = 2, [0x58] = 5 })[string.byte(head, text)]
  return name and string.byte(head, text - 1) == 0x28 and string.byte(head, text + 1) == #first
    and string.sub(head, text + name, text + name + #first - 1) == first or false
end

-- Returns 1 written | 5 something else stands there | 6 Redis refuses
local function store_bare(key, bytes, ttl, first)
  local kind = redis.pcall('TYPE', key) -- first: Garnet's SET NX replaces a list
  if kind.err then
    return 6
  end
  if kind.ok ~= 'none' then
    local head = kind.ok == 'string' and redis.pcall('GETRANGE', key, 0, 39) or ''
    if type(head) ~= 'string' then
      return 6
    end
    if not begins_as(head, first) then
      return 5
    end
  end
  return redis.pcall('SET', key, bytes, 'EX', ttl).err and 6 or 1
end
