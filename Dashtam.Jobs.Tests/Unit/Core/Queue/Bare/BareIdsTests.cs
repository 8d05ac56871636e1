using Dashtam.Jobs.Core.Queue;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Unit.Core.Queue.Bare;

[Category("Unit")]
internal sealed class BareIdsTests
{
    private const string Hex = "cc70712139ad452c94d09ab135cf3f94";
    private const string Dashed = "cc707121-39ad-452c-94d0-9ab135cf3f94";

    [TestCase(Hex, true, true)]
    [TestCase(Dashed, true, true)]
    [TestCase("CC70712139AD452C94D09AB135CF3F94", true, true)]
    [TestCase("my-own-id 1/ä", true, false)]
    [TestCase("{cc707121-39ad-452c-94d0-9ab135cf3f94}", false, false)]
    [TestCase("session:1", false, false)]
    [TestCase("a{b", false, false)]
    [TestCase("a}b", false, false)]
    [TestCase("a\nb", false, false)]
    [TestCase("a\u007fb", false, false)]
    [TestCase("a\u0085b", false, false)]
    public void An_id_may_be_a_key_as_the_setting_says(string id, bool plain, bool generated)
    {
        Assert.That(BareIds.May(id, TaskiqResultIds.Plain), Is.EqualTo(plain));
        Assert.That(BareIds.May(id, TaskiqResultIds.Generated), Is.EqualTo(generated));
        Assert.That(BareIds.May(id, TaskiqResultIds.Any), Is.True);
    }

    [TestCase(100, true)]
    [TestCase(101, false)]
    public void A_plain_id_has_200_bytes_at_most(int letters, bool may) =>
        Assert.That(BareIds.May(new string('ä', letters), TaskiqResultIds.Plain), Is.EqualTo(may));

    [TestCase(Hex, BareIdForm.Hex)]
    [TestCase(Dashed, BareIdForm.Dashed)]
    [TestCase("CC70712139AD452C94D09AB135CF3F94", BareIdForm.Other)]
    [TestCase("canary", BareIdForm.Other)]
    public void The_form_of_an_id_is_the_one_of_the_patterns_that_Redis_users_have(string id, BareIdForm form) =>
        Assert.That(BareIds.FormOf(id), Is.EqualTo(form));
}
