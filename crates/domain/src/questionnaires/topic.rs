//! What an item is about, so that a rule can demand that something is asked without naming wording.

codes! {
    /// A subject that a law, a rule or the company demands to be asked or told.
    pub enum Topic ("topic") {
        /// The respondent is who they should be.
        Identity = "identity",
        /// The customer knows that insurance was bought.
        Bought = "bought",
        /// The policy was received.
        Received = "received",
        /// Policyholder and insured signed in person.
        Signed = "signed",
        /// Product description and notice to applicants were read and understood.
        Documents = "documents",
        /// Amount of the premium, how long and how often it is paid.
        Premium = "premium",
        /// The period of insurance.
        Period = "period",
        /// What is covered.
        Coverage = "coverage",
        /// What is excluded.
        Exclusions = "exclusions",
        /// The cooling-off period and the right to cancel in it.
        CoolingOff = "cooling_off",
        /// Charges.
        Fees = "fees",
        /// That surrender may mean a loss.
        SurrenderLoss = "surrender_loss",
        /// That benefits of new-type products are uncertain.
        Uncertainty = "uncertainty",
        /// Whether the sale was recorded, and truthfully.
        DoubleRecording = "double_recording",
        /// The mailing address and other contact data.
        Contact = "contact",
        /// How the application went.
        Application = "application",
        /// The terms are known.
        Terms = "terms",
        /// Insurance was the customer's own will.
        OwnWill = "own_will",
        /// Liability was determined clearly.
        Liability = "liability",
        /// The loss was determined clearly.
        Loss = "loss",
        /// How the claim was handled.
        ClaimService = "claim_service",
        /// Money was received.
        Payment = "payment",
        /// Satisfaction with the cover.
        Cover = "cover",
        /// Attitude of the staff.
        StaffAttitude = "staff_attitude",
        /// Satisfaction with the salesperson's or the company's service.
        Service = "service",
        /// Quality of products, whether expectations are met, problems with them.
        Product = "product",
        /// Complaints and problems.
        Complaints = "complaints",
        /// Risk control for the insured things.
        RiskControl = "risk_control",
        /// Whether needs for protection are met.
        Needs = "needs",
        /// New needs and suggestions.
        Suggestions = "suggestions",
        /// The market: willingness and power to buy, trends.
        Market = "market",
        /// New products, offers, intentions to buy.
        Offers = "offers",
        /// Use of products and services.
        Use = "use",
        /// Service after the sale.
        Aftercare = "aftercare",
        /// That more callbacks of this kind will follow, and opinions are welcome.
        MoreToCome = "more_to_come",
    }
}
