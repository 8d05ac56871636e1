using Dashtam.Jobs.Docs.Reference;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Unit.Docs.Reference;

[Category("Unit")]
internal sealed class MarkdownTableTests
{
    [TestCase("`a`", "`a`")]
    [TestCase("a | b", @"a \| b")]
    [TestCase("`{seq}|{envelope}` | `x`", @"<code>{seq}&#124;{envelope}</code> \| `x`")]
    [TestCase("`<a>|b`", "<code>&lt;a&gt;&#124;b</code>")]
    public void A_pipe_does_not_end_its_cell(string cell, string written) =>
        Assert.That($"{new MarkdownTable("one").Add(cell)}", Is.EqualTo($"| one |\n|---|\n| {written} |\n"));
}
