using Dashtam.Jobs.Core.Queue;
using Dashtam.Jobs.Core.Queue.Bare;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Unit.Core.Queue.Bare;

[Category("Unit")]
internal sealed class BareRightsTests
{
    [Test]
    public void A_right_that_was_refused_is_tried_again_after_a_minute_by_itself()
    {
        var time = new FakeTimeProvider();
        var rights = new BareRights(time);
        Assert.That(rights.Of(BareIdForm.Hex), Is.EqualTo(BareRight.Together));

        rights.Refuse(BareIdForm.Hex);
        Assert.That(rights.Of(BareIdForm.Hex), Is.EqualTo(BareRight.Refused));
        Assert.That(rights.Of(BareIdForm.Dashed), Is.EqualTo(BareRight.Together));

        time.Advance(BareRights.Patience);
        Assert.That(rights.Of(BareIdForm.Hex), Is.EqualTo(BareRight.Apart));
        rights.Give(BareIdForm.Hex);
        Assert.That(rights.Of(BareIdForm.Hex), Is.EqualTo(BareRight.Together));
    }

    [Test]
    public void Ids_of_a_producer_s_own_making_are_tried_one_by_one_once_one_was_refused()
    {
        var rights = new BareRights(new FakeTimeProvider());

        rights.Refuse(BareIdForm.Other);
        rights.Give(BareIdForm.Other);

        Assert.That(rights.Of(BareIdForm.Other), Is.EqualTo(BareRight.Apart));
    }
}
