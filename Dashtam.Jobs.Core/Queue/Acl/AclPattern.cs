using System.Text;

namespace Dashtam.Jobs.Core.Queue.Acl;

/// <summary>A name as Redis' patterns of keys and channels take it.</summary>
internal static class AclPattern
{
    /// <summary>
    /// A pattern that matches the name. An ACL has no quoting: a blank ends a rule and a last <c>)</c> ends a selector, in a file as
    /// well as on a line for <c>redis-cli</c>, where a quote begins a text. So <c>?</c> stands for blanks and quotes.
    /// </summary>
    public static string Of(string name)
    {
        var pattern = new StringBuilder(name.Length);
        foreach (var character in name)
        {
            _ = character switch
            {
                '*' or '?' or '[' or ']' or '\\' => pattern.Append('\\').Append(character),
                ')' => pattern.Append("[)]"),
                ' ' or '"' or '\'' or (>= '\t' and <= '\r') => pattern.Append('?'),
                _ => pattern.Append(character),
            };
        }

        return pattern.ToString();
    }

    /// <summary>A name that a pattern made here matches.</summary>
    public static string Example(string pattern)
    {
        var name = new StringBuilder(pattern.Length);
        for (var i = 0; i < pattern.Length; i++)
        {
            switch (pattern[i])
            {
                case '\\':
                    name.Append(pattern[++i]);
                    break;
                case '[':
                    name.Append(pattern[i + 1]);
                    i = pattern.IndexOf(']', i);
                    break;
                case '*':
                    name.Append('x');
                    break;
                default:
                    name.Append(pattern[i]);
                    break;
            }
        }

        return name.ToString();
    }
}
