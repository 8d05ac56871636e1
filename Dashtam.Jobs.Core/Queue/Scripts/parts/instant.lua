-- Part of other scripts: a stored instant as a number; nil when it is none, or later than the year 2100. What tonumber takes
-- besides ("nan", "0x10", "1e400", "007", a number below zero, seconds written as ms) no clock has said, and no script has written.
-- Only a last fired instant, in seconds, may be 0: there is none.
local function instant(text, per_second)
  local number = string.find(text, '^%d+$') and (text == '0' or string.sub(text, 1, 1) ~= '0') and #text <= 13 and tonumber(text)
  return number and number <= 4102444800 * per_second and (number > 0 or per_second == 1) and number or nil
end
