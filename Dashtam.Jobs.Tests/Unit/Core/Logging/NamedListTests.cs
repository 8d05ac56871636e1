using Dashtam.Jobs.Core.Logging;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Unit.Core.Logging;

[Category("Unit")]
internal sealed class NamedListTests
{
    private static readonly int[] Eleven = [.. Enumerable.Range(1, 11)];

    [Test]
    public void A_list_names_the_first_ten_and_how_many_more_there_are() => Assert.That(
        (NamedList.Of(Eleven), NamedList.Of(Eleven[..10])),
        Is.EqualTo(("1, 2, 3, 4, 5, 6, 7, 8, 9, 10, and 1 more", "1, 2, 3, 4, 5, 6, 7, 8, 9, 10")));

    [Test]
    public void Of_things_that_are_not_all_at_hand_the_rest_is_counted() => Assert.That(
        (NamedList.Of(Eleven[..2], 995), NamedList.Of(Eleven[..2], 2)),
        Is.EqualTo(("1, 2, and 993 more", "1, 2")));
}
